//! What a scalar may look like.

use icws::wire::{FromWire, Path};
use icws::{Date, Guid};
use serde_json::{Value, json};

use crate::GUID;

fn scalar<T: FromWire>(value: Value) -> Option<T> {
    T::from_wire(value, &Path::ROOT.member("x")).ok()
}

#[test]
fn booleans_may_be_strings_and_never_numbers() {
    for yes in [
        json!(true),
        json!("true"),
        json!("True"),
        json!("TRUE"),
        json!("1"),
    ] {
        assert_eq!(scalar(yes.clone()), Some(true), "{yes}");
    }
    for no in [json!(false), json!("false"), json!("False"), json!("0")] {
        assert_eq!(scalar(no.clone()), Some(false), "{no}");
    }
    for wrong in [
        json!(1),
        json!(0),
        json!(""),
        json!("yes"),
        json!(" true"),
        json!("01"),
        json!([]),
        json!({}),
    ] {
        assert_eq!(scalar::<bool>(wrong.clone()), None, "{wrong}");
    }
}

#[test]
fn integers_may_be_decimal_strings() {
    for (given, number) in [
        (json!(3), 3),
        (json!("3"), 3),
        (json!("-7"), -7),
        (json!(3.0), 3),
        (json!("007"), 7),
        (json!(i32::MAX), i32::MAX),
        (json!(i32::MIN), i32::MIN),
    ] {
        assert_eq!(scalar(given.clone()), Some(number), "{given}");
    }
    for wrong in [
        json!(1.5),
        json!("1.5"),
        json!("+1"),
        json!(""),
        json!("-"),
        json!(" 1"),
        json!("0x1"),
        json!("1e3"),
        json!(2_147_483_648_i64),
        json!("2147483648"),
        json!("99999999999999999999999999"),
        json!(1e300),
        json!(true),
        json!([]),
    ] {
        assert_eq!(scalar::<i32>(wrong.clone()), None, "{wrong}");
    }
}

#[test]
fn numbers_may_be_decimal_strings() {
    for (given, number) in [
        (json!(1.5), 1.5),
        (json!("1.5"), 1.5),
        (json!(2), 2.0),
        (json!("-0.25"), -0.25),
    ] {
        let read: f64 = scalar(given).unwrap();
        assert!((read - number).abs() < f64::EPSILON);
    }
    for wrong in [
        json!("inf"),
        json!("NaN"),
        json!("1e3"),
        json!("1."),
        json!(".5"),
        json!("1.2.3"),
        json!(true),
        json!(""),
    ] {
        assert_eq!(scalar::<f64>(wrong.clone()), None, "{wrong}");
    }
    assert_eq!(scalar::<f64>(json!("9".repeat(400))), None, "too large");
}

#[test]
fn strings_guids_and_dates_are_strings() {
    assert_eq!(scalar::<String>(json!(1)), None);
    assert_eq!(scalar::<String>(json!(true)), None);
    assert_eq!(
        scalar::<Guid>(json!(GUID.to_uppercase()))
            .unwrap()
            .to_string(),
        GUID
    );
    assert_eq!(scalar::<Guid>(json!(format!("{{{GUID}}}"))), None);
    assert_eq!(
        scalar::<Date>(json!("2020-10-29T08:20:18.000Z")),
        scalar(json!("20201029T082018Z"))
    );
    assert_eq!(scalar::<Date>(json!(1_603_959_618)), None);
}
