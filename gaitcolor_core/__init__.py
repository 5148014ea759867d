"""GaitColor: makes video of walking people safe to share."""
