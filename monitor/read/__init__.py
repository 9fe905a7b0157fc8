"""The read stage: an article's page is fetched, extracted and matched, and the verdicts are stored."""
