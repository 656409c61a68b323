"""The read-only workbench: server-rendered pages, each with a .json twin."""
