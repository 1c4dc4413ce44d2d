//! How a request came: from whom, by which way, under which id. Whoever asks by a trusted proxy is known by what the proxy says.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{Extensions, HeaderMap};

use crate::settings::Network;

/// How a request came.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    /// The client's address.
    pub address: IpAddr,
    /// Whether the client spoke HTTPS.
    pub secure: bool,
    /// Whether it was sent by a page of an origin that may ask from elsewhere.
    pub from_page: bool,
    /// What it is called in the log.
    pub id: RequestId,
}

impl Arrival {
    /// Of a request that did not come by the server's door.
    const UNKNOWN: Self = Self {
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        secure: false,
        from_page: false,
        id: RequestId(0),
    };

    /// How the request came that has these extensions.
    pub fn of(extensions: &Extensions) -> Self {
        extensions.get().copied().unwrap_or(Self::UNKNOWN)
    }
}

/// What a request is called in the log: sixteen hexadecimal digits, of which the first eight are this start's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId(u64);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Hands out the ids of requests.
#[derive(Debug)]
pub struct RequestIds(AtomicU64);

impl RequestIds {
    /// Ids that no earlier start is likely to have used.
    pub fn new() -> Self {
        let (start, _) = desk::tokens::guid().as_u64_pair();
        Self(AtomicU64::new(start & 0xffff_ffff_0000_0000))
    }

    /// The next one.
    pub fn next(&self) -> RequestId {
        RequestId(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

impl Default for RequestIds {
    fn default() -> Self {
        Self::new()
    }
}

/// The proxies that are believed.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Vec<Network>);

impl Proxies {
    /// Those in these networks.
    pub fn new(networks: &[Network]) -> Self {
        Self(networks.to_vec())
    }

    /// Whether what is at this address is one of them.
    pub fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }

    /// The client of a request that a trusted proxy handed on: the last address of `X-Forwarded-For` that is not a trusted proxy's
    /// own. What stands before it, the client may have written himself.
    pub fn client(&self, proxy: IpAddr, headers: &HeaderMap) -> IpAddr {
        let values = headers.get_all("x-forwarded-for").iter().rev();
        let addresses = values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|list| list.rsplit(','))
            .map_while(address_in);
        let mut client = proxy;
        for address in addresses {
            client = address;
            if !self.trust(address) {
                break;
            }
        }
        client
    }

    /// Whether a proxy says that its client spoke HTTPS; nothing if it does not say.
    pub fn says_secure(headers: &HeaderMap) -> Option<bool> {
        let value = headers.get("x-forwarded-proto")?.to_str().ok()?;
        let first = value.split(',').next().unwrap_or_default();
        Some(first.trim().eq_ignore_ascii_case("https"))
    }
}

/// An address as proxies write it: alone, in brackets, or with a port.
fn address_in(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse::<IpAddr>().ok();
    address
        .or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
        .map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(proxy: &str, forwarded: &[&str]) -> String {
        let trusted = ["127.0.0.1", "10.0.0.0/8"].map(|network| network.parse().expect("one"));
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().expect("a value"));
        }
        let proxy = proxy.parse().expect("an address");
        Proxies::new(&trusted).client(proxy, &headers).to_string()
    }

    #[test]
    fn the_client_is_the_last_that_no_proxy_of_ours_is() {
        assert_eq!(client("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(client("127.0.0.1", &["192.0.2.7"]), "192.0.2.7");
        assert_eq!(client("127.0.0.1", &["1.1.1.1, 192.0.2.7"]), "192.0.2.7");
        assert_eq!(client("127.0.0.1", &["192.0.2.7, 10.0.0.1"]), "192.0.2.7");
        assert_eq!(client("127.0.0.1", &["1.1.1.1", "192.0.2.7"]), "192.0.2.7");
        assert_eq!(client("127.0.0.1", &["10.0.0.2, 10.0.0.1"]), "10.0.0.2");
        assert_eq!(client("127.0.0.1", &["192.0.2.7:8080"]), "192.0.2.7");
        assert_eq!(client("127.0.0.1", &["[2001:db8::1]:443"]), "2001:db8::1");
        assert_eq!(client("127.0.0.1", &["[2001:db8::1]"]), "2001:db8::1");
        assert_eq!(client("127.0.0.1", &["::ffff:192.0.2.7"]), "192.0.2.7");
        assert_eq!(
            client("127.0.0.1", &["1.1.1.1, unknown, 10.0.0.1"]),
            "10.0.0.1"
        );
    }

    #[test]
    fn ids_are_told_apart() {
        let ids = RequestIds::new();
        let (one, two) = (ids.next().to_string(), ids.next().to_string());
        assert!(
            one.len() == 16 && one[..8] == two[..8] && one != two,
            "{one} {two}"
        );
    }
}
