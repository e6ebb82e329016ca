"""One place in every notation: documents, alignments, and what real engines say."""
