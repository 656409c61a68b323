"""Feeds: the calendar as iCalendar (RFC 5545) and as Atom (RFC 4287), for programs that fetch it now and then."""
