//! Deliveries from end to end.
