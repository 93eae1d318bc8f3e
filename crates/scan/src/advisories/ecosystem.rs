//! One spelling for each ecosystem and package name, used when the database is built and when it
//! is asked.
