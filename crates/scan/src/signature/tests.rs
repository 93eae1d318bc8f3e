mod hostile;
mod keyless;
mod keys;
mod real;
mod store;
