"""The app: a page around `gaitcolor_core.GaitAnonymizer`."""
