//! The walk that `attache demo` prints: the key operation by hand.

use std::net::SocketAddr;

/// Commands for bash that log anna in, insert the logo into a new email inline, and send it. They work when pasted as one block, and need
/// nothing but curl, sed, grep and cut.
pub fn walk(address: SocketAddr) -> String {
    include_str!("walk.sh").replace("ADDRESS:PORT", &reachable(address).to_string())
}

/// An address that a client on this machine can ask for.
pub fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() {
            [127, 0, 0, 1].into()
        } else {
            [0, 0, 0, 0, 0, 0, 0, 1].into()
        });
    }
    address
}
