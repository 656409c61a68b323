"""One page that stands alone, for a named audience, as PDF, Word or Markdown."""
