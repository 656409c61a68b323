"""One function per task a person does: the only door between the interfaces and the rest of the house."""
