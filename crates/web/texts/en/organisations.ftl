# Organisations, households, businesses, sealed compartments.
