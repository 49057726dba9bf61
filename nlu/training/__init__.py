"""Fine-tuning of the project's own language model (``make finetune``); nothing here is needed to run the assistant."""
