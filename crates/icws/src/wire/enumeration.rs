//! Enumerations: on the wire their number.

/// An enumeration of the contract.
pub trait Enumeration: Copy + Sized + 'static {
    /// All members, in the order of their numbers.
    const ALL: &'static [Self];

    /// The number on the wire.
    fn number(self) -> i32;

    /// The member with this number.
    fn from_number(number: i32) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|member| member.number() == number)
    }
}

/// Declares an enumeration with its URN and numbers. It is written and, by clients, read as a JSON integer; a request may
/// also give the number as its decimal string. An unknown number is refused.
macro_rules! enumeration {
    ($(#[$about:meta])* $name:ident = $urn:literal { $($(#[$about_member:meta])* $member:ident = $number:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$about_member])* $member = $number),+
        }

        $crate::wire::urns! { $name = $urn; }

        impl $crate::wire::Enumeration for $name {
            const ALL: &'static [Self] = &[$(Self::$member),+];

            fn number(self) -> i32 {
                self as i32
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_i32($crate::wire::Enumeration::number(*self))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let number = <i32 as serde::Deserialize>::deserialize(deserializer)?;
                $crate::wire::Enumeration::from_number(number)
                    .ok_or_else(|| serde::de::Error::custom(format!("{number} is no member of {}", $urn)))
            }
        }

        impl $crate::wire::FromWire for $name {
            fn from_wire(value: serde_json::Value, path: &$crate::wire::Path<'_>) -> Result<Self, $crate::wire::ReadError> {
                let number = <i32 as $crate::wire::FromWire>::from_wire(value, path)?;
                $crate::wire::Enumeration::from_number(number).ok_or_else(|| path.invalid())
            }
        }
    };
}
pub(crate) use enumeration;
