"""What pictures are made of: marks, themes, ticks, labels, legends, and the room that they have."""
