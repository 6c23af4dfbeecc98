# Notices and inboxes.
