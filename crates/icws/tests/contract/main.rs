//! The representations held against the contract, and the check itself held against mutations that must fail it.
