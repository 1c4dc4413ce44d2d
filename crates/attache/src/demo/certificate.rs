//! The certificate of `attache demo --tls`: for this machine, signed by an authority that exists for this one signature.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use desk::clock;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};

/// How many years a certificate is good.
const YEARS: i32 = 2;
/// A certificate is made anew when it has half of its life behind it.
const USED: Duration = Duration::from_hours(24 * 365);

/// The files of a certificate.
pub struct Certificate {
    folder: PathBuf,
    /// The certificate of who signed: what clients are to trust.
    pub authority: PathBuf,
    /// The server's certificate.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

impl Certificate {
    /// Where it is in a data folder, whether it was made already or not.
    pub fn in_folder(data: &Path) -> Self {
        let folder = data.join("tls");
        Self {
            authority: folder.join("authority.pem"),
            certificate: folder.join("certificate.pem"),
            key: folder.join("key.pem"),
            folder,
        }
    }

    /// Makes it where there is none, or an old one.
    pub fn ensure(&self, server_name: &str) -> anyhow::Result<()> {
        if is_fresh(&self.authority) {
            return Ok(());
        }
        let shown = self.folder.display();
        let cannot = || format!("the demo's certificate cannot be kept in {shown}");
        fs::create_dir_all(&self.folder).with_context(cannot)?;
        let [authority, certificate, key] = make(server_name)?;
        // The authority comes last: that it is there says that all is.
        let _ = fs::remove_file(&self.authority);
        for (file, text) in [
            (&self.key, key),
            (&self.certificate, certificate),
            (&self.authority, authority),
        ] {
            write(file, &text).with_context(cannot)?;
        }
        Ok(())
    }
}

fn is_fresh(file: &Path) -> bool {
    let made = fs::metadata(file).and_then(|about| about.modified());
    made.is_ok_and(|made| made.elapsed().is_ok_and(|age| age < USED))
}

/// A file that only its owner may read.
fn write(file: &Path, text: &str) -> std::io::Result<()> {
    let _ = fs::remove_file(file);
    let mut options = fs::File::options();
    options.write(true).create_new(true).mode(0o600);
    options.open(file)?.write_all(text.as_bytes())
}

/// An authority, a certificate signed by it, and the certificate's key, as PEM. The authority's own key is not kept.
fn make(server_name: &str) -> Result<[String; 3], rcgen::Error> {
    let mut names = vec![
        "localhost".to_owned(),
        "127.0.0.1".to_owned(),
        "::1".to_owned(),
    ];
    if server_name != "localhost" {
        names.push(server_name.to_owned());
    }
    let mut authority = CertificateParams::new(Vec::new())?;
    authority
        .distinguished_name
        .push(DnType::CommonName, "Attaché demo");
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let mut own = CertificateParams::new(names)?;
    own.distinguished_name.push(DnType::CommonName, server_name);
    own.use_authority_key_identifier_extension = true;
    // From yesterday, for clients whose clock is slow.
    let now = jiff::Timestamp::from_millisecond(clock::now()).unwrap_or_default();
    let today = jiff::tz::Offset::UTC.to_datetime(now).date();
    let begins = today.yesterday().unwrap_or(today);
    for params in [&mut authority, &mut own] {
        // No month lacks a first day.
        params.not_before = date_time_ymd(
            begins.year().into(),
            begins.month().unsigned_abs(),
            begins.day().unsigned_abs(),
        );
        params.not_after = date_time_ymd(
            i32::from(begins.year()) + YEARS,
            begins.month().unsigned_abs(),
            1,
        );
    }
    let authority_key = KeyPair::generate()?;
    let signed = authority.self_signed(&authority_key)?;
    let issuer = Issuer::from_params(&authority, authority_key);
    let key = KeyPair::generate()?;
    let certificate = own.signed_by(&key, &issuer)?;
    Ok([signed.pem(), certificate.pem(), key.serialize_pem()])
}
