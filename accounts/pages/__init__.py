"""Pages of the accounts room: entrance, unit, profile, and the staff's help."""
