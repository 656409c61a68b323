"""Assessments of a place: what must hold, signing off, what an edit changed, another frame, how far people agree."""
