//! What is known about the machine before anything is planned.
