"""Statements, registers and the audit log in SQL (SQLite or PostgreSQL), attachments and tables by their digest."""
