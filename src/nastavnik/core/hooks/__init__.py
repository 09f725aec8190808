"""Extension points: an app registers its own in `AppConfig.ready`; pages that join many apps ask the registry."""
