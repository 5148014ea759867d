"""What the page says, apart from the labels of its controls."""

from __future__ import annotations

from demo.limits import LIMITS

# After it, a clip and its result are deleted; looked for as often.
KEPT_S = 3600
_DELETED = f"deleted within {2 * KEPT_S // 3600} hours"

INTRO = """# GaitColor
People can be recognized by how they walk. GaitColor returns your clip with the same people in the
same clothes and the same place, but with another walk.
"""
TERMS = f"**Limits:** {LIMITS} Clips are processed on this server, one at a time, and {_DELETED}."
CAUTION = """It changes the gait only: face, clothes, voice and place stay as they are. Watch the
result before you share it; the tab *What it protects* says more."""
GLOSSARY = """*Interpolated*: the mask was filled in between its neighbors. *Covered*: a mosaic
instead of another walk. *Gait period*: the frames that two steps take; "-" where no steady walk was
seen. *GEI change*: distance between the gait energy images (the mean silhouettes) before and after;
0 is the same gait. *GEI self*: the same distance between the two halves of the original; "-" where
the walk is too short. *How recognizable?*: "recognizable" where two walks of one person may be as
far apart, "like someone else" where nine of ten pairs of different people are closer and the change
stands out clearly from *GEI self*, else "doubtful". *PSNR* and *SSIM*: how alike the pictures are;
they say nothing about protection."""
PROTECTION = f"""# What this does and does not protect

## It protects the gait
The gait is how the outline of a body looks and moves. A computer that knows people by their walk
finds it harder to tell who walks in the result; harder, not impossible. Unless you give a seed,
every run draws a new key, so two clips of one person get different bodies.

## It does not protect anything else
- **Face, hair, clothes, bags, height, voice and the place** stay as they are. Any of them may tell
  who somebody is. Faces can be blurred, under *More*.
- **Cast shadows and reflections** still move with the old gait.
- **People whom the detector misses**, or whom you leave out, stay as they are. Watch the result
  before you share it.
- **Against a determined attacker** there is no promise. Who has many clips of a person, or has
  taught a computer with walks that this tool anonymized, may do better than the figures below.

## How well it works
Measured with 44 rendered people, not with real ones, on silhouettes, walking normally: of the
recognizers that were tried, GaitSet is the best at naming people by their walk. It named 94.5 % of
the walks as they are, and 3.9 % of the anonymized ones. Given two anonymized walks of one person,
it still linked 25.5 %. Once it had learned from walks that this tool had anonymized, it named
43.8 %: against an attacker who trains for it, the tool protects only in part. Guessing gives 2.3 %.

## What is covered, and why
Whoever is seen but cannot be given another walk - too small, hardly to be seen, not to be
followed - is covered by a mosaic in these frames, and never passed through. After a run, a note
says how often, and the table of walkers in how many frames.

## What this app keeps
Nothing for long. Your clip and its result lie in folders of this server that only your page knows
of, and are {_DELETED}; what came of a run is deleted as soon as you stop it or close the page. No
log says what a clip shows, nothing is sent anywhere else, and what a network learned of the colors
of your clip is forgotten after the run. Results of the examples alone are kept for the next
visitor.
"""
ANONYMIZE_API = """Anonymizes the gait of everybody in a clip but those who are to be spared. All
but the clip may be left out. Returns the anonymized clip; a readout as Markdown; a table with a row
a walker; three files to download: the clip, the report as JSON, and a clip of original and result
side by side; a frame before and after; and the gait energy images of each walker."""
GLANCE_API = """Shows who is in a clip: a picture of everybody, with a number; of the same clip,
/anonymize spares whoever is named by it."""
