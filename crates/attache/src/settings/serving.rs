//! Settings of how the server stands in the open: HTTPS, and a proxy before it.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use confique::Config;
use serde::de::{Deserialize, Deserializer, Error};

use super::values;

/// HTTPS.
#[derive(Debug, Clone, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct TlsSettings {
    /// The server's certificate and those between it and the authority, in a PEM file. With it the server speaks HTTPS as well. A file that
    /// is replaced is read again within seconds.
    #[config(env = "ATTACHE_TLS_CERTIFICATE", deserialize_with = values::folder)]
    pub certificate: Option<PathBuf>,

    /// The certificate's private key, in a PEM file.
    #[config(env = "ATTACHE_TLS_KEY", deserialize_with = values::folder)]
    pub key: Option<PathBuf>,

    /// The address and port to listen on for HTTPS, where there is a certificate.
    #[config(env = "ATTACHE_TLS_LISTEN", default = "127.0.0.1:8019")]
    pub listen: SocketAddr,
}

/// A reverse proxy in front of the server.
#[derive(Debug, Clone, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct ProxySettings {
    /// The proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed, each by its address or network, such as "127.0.0.1" or
    /// "10.0.0.0/8". In the environment and in flags they are separated by commas.
    #[config(env = "ATTACHE_PROXY_TRUSTED", default = [])]
    pub trusted: Vec<Network>,

    /// What paths begin with for those who come by the proxy, such as "/desk", whether the proxy takes it away or not. The addresses that
    /// the server hands out begin with it, and so does the path of its cookies: who comes without the proxy has to ask with it, too.
    #[config(env = "ATTACHE_PROXY_PREFIX", deserialize_with = prefix)]
    pub prefix: Option<String>,
}

/// An address or a network of them, as `10.0.0.0/8` (RFC 4632, section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    /// Whether an address lies in it. An IPv4 address may come as an IPv6 one (RFC 4291, section 2.5.5.2).
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let differing = own.to_bits() ^ other.to_bits();
                differing.leading_zeros() >= u32::from(self.bits)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let differing = own.to_bits() ^ other.to_bits();
                differing.leading_zeros() >= u32::from(self.bits)
            }
            _ => false,
        }
    }
}

impl std::str::FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text.trim(), None),
        };
        let parsed = address.parse::<IpAddr>().ok().and_then(|address| {
            let all = if address.is_ipv4() { 32 } else { 128 };
            let bits = bits.map_or(Some(all), |bits| bits.parse().ok())?;
            (bits <= all).then_some(Self { address, bits })
        });
        parsed.ok_or_else(|| {
            format!("`{text}` is neither an address nor a network such as `10.0.0.0/8`")
        })
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

/// The origins of web pages, as browsers send them (RFC 6454, section 6.2): scheme, host and port alone, in lower case.
pub fn origins<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let origins = Vec::<String>::deserialize(deserializer)?;
    let read = |origin: &String| {
        let wanted = origin.trim().to_ascii_lowercase();
        let host = wanted
            .strip_prefix("https://")
            .or_else(|| wanted.strip_prefix("http://"))
            .unwrap_or_default();
        let good = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
        if host.is_empty() || !host.bytes().all(good) {
            return Err(D::Error::custom(format!(
                "`{origin}` is not an origin such as `https://desk.example.com`, without a path"
            )));
        }
        Ok(wanted)
    };
    origins.iter().map(read).collect()
}

/// The beginning of a path: segments of unreserved characters (RFC 3986, section 2.3), each behind a slash.
fn prefix<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    let prefix = text.trim().trim_end_matches('/');
    let segment = |segment: &str| {
        let good = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        !matches!(segment, "" | "." | "..") && segment.bytes().all(good)
    };
    let mut segments = prefix.split('/');
    if segments.next() == Some("") && !prefix.is_empty() && segments.all(segment) {
        Ok(prefix.to_owned())
    } else {
        Err(D::Error::custom(format!(
            "`{text}` is not the beginning of a path, such as `/desk`"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_its_addresses() {
        let holds = |network: &str, address: &str| {
            let network: Network = network.parse().expect("a network");
            network.contains(address.parse().expect("an address"))
        };
        for (network, inside, outside) in [
            ("127.0.0.1", "127.0.0.1", "127.0.0.2"),
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.0"),
            ("192.168.4.0/22", "192.168.7.255", "192.168.8.0"),
            ("::1", "::1", "::2"),
            ("fd00::/8", "fdff::1", "fe00::1"),
            ("10.0.0.0/8", "::ffff:10.1.1.1", "fd00::1"),
        ] {
            assert!(holds(network, inside), "{network} {inside}");
            assert!(!holds(network, outside), "{network} {outside}");
        }
        assert!(holds("0.0.0.0/0", "1.2.3.4") && !holds("0.0.0.0/0", "::1"));
        assert!(holds("::/0", "fe80::1"));
        for wrong in ["", "10.0.0.0/33", "::/129", "10.0.0.0/", "host", "10.0.0/8"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }
}
