"""The International Stroke Trial: ``ist-stroke``, made from the user's own copy of the trial's file."""
