"""The elastic net against R's glmnet."""
