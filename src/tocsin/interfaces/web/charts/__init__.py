"""Charts as server-side SVG: the same on the page and in print, drawn in the page's own colours."""
