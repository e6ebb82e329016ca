"""What real engines in a real browser make of our CFIs, and we of theirs."""
