//! Whether everything is whole, and carrying it elsewhere: `attache check`, `backup`, `restore` and `move`, on both databases and both
//! stores of files.

mod check;
