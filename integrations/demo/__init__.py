"""Põldsaar, the furniture maker of the demo: an invented company, the same for the same day.

What happened and what is open is first worked out as plain values (`catalog`, `recipes`, `keeping`, `story`, `orders`,
`history`), then written through the services (`masters`, `documents`, `postings`), all of it in one transaction.
"""
