"""The deliver stage: messages are made from hits and sent until their channel acknowledges them."""
