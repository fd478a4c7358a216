"""A unit over half a year or a year: all contests together, who was reached, targets, what units told themselves."""
