"""Networks: tensors in, tensors out; none of them reads a file of its own accord."""
