//! Names of attachments: whatever comes and goes, a name is the smallest that is free.

use std::collections::BTreeSet;

use super::Place;
use crate::email::Draft;
use crate::email::attachments::{NewAttachment, attach, download_uri, name_of, remove};
use crate::ids::InteractionId;
use crate::interactions::{EMAIL, OUTBOUND};

/// What the names of a draft should be, found the slow way.
#[derive(Default)]
struct Model {
    names: Vec<(i64, String)>,
    next: i64,
}

impl Model {
    fn attach(&mut self, wanted: &str) {
        let taken: BTreeSet<&str> = self.names.iter().map(|(_, name)| name.as_str()).collect();
        let (stem, extension) = wanted
            .rsplit_once('.')
            .map_or((wanted, ""), |(stem, extension)| (stem, extension));
        let numbered = |number: u32| {
            if extension.is_empty() {
                format!("{stem} ({number})")
            } else {
                format!("{stem} ({number}).{extension}")
            }
        };
        let mut name = wanted.to_owned();
        let mut number = 2;
        while taken.contains(name.as_str()) {
            name = numbered(number);
            number += 1;
        }
        self.next += 1;
        self.names.push((self.next, name));
    }
}

/// A generator of numbers that look random and are the same each time (Marsaglia's xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).expect("below a bound")
    }
}

async fn names(place: &Place, id: InteractionId) -> Vec<(i64, String)> {
    place
        .desk
        .read(move |conn, _| {
            let rows = store::rows::email::attachments(conn, id.0)?;
            Ok(rows
                .iter()
                .map(|row| (row.number, name_of(row).to_string()))
                .collect())
        })
        .await
        .expect("read")
}

async fn add(place: &Place, id: InteractionId, blob_id: i64, wanted: &'static str) {
    let caller = place.anna.clone();
    place
        .desk
        .write(move |tx, at| {
            let mut draft = Draft::obtain(tx.read(), &caller, id)?;
            let new = NewAttachment {
                name: wanted,
                media_type: "text/plain",
                blob_id,
                size: 1,
                content_id: None,
            };
            attach(tx, &mut draft, new, at)
        })
        .await
        .expect("attached");
}

async fn take_away(place: &Place, id: InteractionId, number: i64) {
    let caller = place.anna.clone();
    let uri = download_uri(&caller, id, number);
    place
        .desk
        .write(move |tx, _| remove(tx, &caller, id, &uri))
        .await
        .expect("removed");
}

#[tokio::test]
async fn a_name_is_the_smallest_that_is_free() {
    const WANTED: &[&str] = &[
        "a.pdf",
        "a.pdf",
        "a.pdf",
        "a (2).pdf",
        "a (5).pdf",
        "a (2) (2).pdf",
        "a",
        "a (3)",
        "a.tar.gz",
        "a (1).pdf",
    ];
    let place = Place::new().await;
    let blob = place.blob(b"x").await;
    for seed in 1..=6 {
        let id = place.interaction(EMAIL, OUTBOUND).await;
        let mut model = Model::default();
        let mut numbers = Numbers(seed * 7_919);
        for step in 0..120 {
            if !model.names.is_empty() && numbers.below(3) == 0 {
                let index = numbers.below(model.names.len());
                let (number, _) = model.names.remove(index);
                take_away(&place, id, number).await;
            } else {
                let wanted = WANTED[numbers.below(WANTED.len())];
                model.attach(wanted);
                add(&place, id, blob, wanted).await;
            }
            assert_eq!(
                names(&place, id).await,
                model.names,
                "seed {seed}, step {step}"
            );
        }
    }
}
