"""The nouns of sites: companies, sites, calendars, lanes, memberships, exchange rates."""
