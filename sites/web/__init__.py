"""Pages: signing in, switching sites, and the frame around every page."""
