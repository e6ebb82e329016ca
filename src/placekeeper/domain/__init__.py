"""The words and the rules of Placekeeper. Pure: standard library only, no input, no output, no clock."""
