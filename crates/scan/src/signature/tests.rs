mod hostile;
mod keys;
mod real;
mod store;
