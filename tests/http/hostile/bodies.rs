//! Bodies that nobody should send: no JSON, of wrong types, too large, too deep. They are made from the schemas of the description.

use serde_json::{Map, Value, json};

/// The description of the API.
pub fn description() -> Value {
    serde_json::from_str(include_str!("../../../docs/openapi.json")).expect("JSON")
}

/// Bodies that are no object of JSON.
pub fn broken() -> Vec<(&'static str, Vec<u8>)> {
    let text = |text: &str| text.as_bytes().to_vec();
    let entity =
        "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><x>&e;</x>";
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(5_000), "]".repeat(5_000));
    vec![
        ("half an object", text("{\"a\": ")),
        ("no JSON", text("nonsense")),
        ("two values", text("{} {}")),
        ("a comma too many", text("{\"a\": 1,}")),
        ("XML", text(entity)),
        ("a form", text("userID=anna&password=demo")),
        ("no UTF-8", b"{\"a\": \"\xff\xfe\xc0\xaf\"}".to_vec()),
        ("half a pair", text("{\"a\": \"\\ud83d\"}")),
        (
            "UTF-16",
            "{}".encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ),
        ("deep lists", text(&"[".repeat(100_000))),
        ("deep objects", text(&"{\"a\":".repeat(100_000))),
        ("deep and whole", text(&deep)),
        ("a list", text("[]")),
        ("a list of objects", text("[{}]")),
        ("a string", text("\"x\"")),
        ("a number", text("1e400")),
        ("zeros", vec![0; 1000]),
    ]
}

/// The schemas of the description.
pub struct Schemas(Value);

/// Stands for an object whose text is put in its place.
const PLACE: &str = "here";
/// The bytes of a long list: somewhat less than most bodies may have.
const LONG: usize = 900_000;
/// How deep bodies are made up.
const DEPTH: usize = 4;
/// In how many places of a body something odd is tried.
const MOST_PLACES: usize = 30;

impl Schemas {
    /// All of them.
    pub fn of_the_description() -> Self {
        Self(description()["components"]["schemas"].take())
    }

    /// What a schema is, behind its name and without its alternatives.
    fn behind<'a>(&'a self, schema: &'a Value) -> &'a Value {
        if let Some(reference) = schema["$ref"].as_str() {
            let name = reference.rsplit('/').next().expect("a name");
            return self.behind(&self.0[name]);
        }
        match schema["anyOf"].as_array() {
            Some(all) => self.behind(&all[0]),
            None => schema,
        }
    }

    /// A good value.
    fn sample(&self, name: &str, schema: &Value, depth: usize) -> Value {
        let schema = self.behind(schema);
        if let Some(value) = schema.get("const") {
            return value.clone();
        }
        if let Some(values) = schema["enum"].as_array() {
            return values[0].clone();
        }
        match schema["type"].as_str() {
            Some("boolean") => json!(false),
            Some("integer" | "number") => json!(1),
            Some("array") => json!([self.sample(name, &schema["items"], depth + 1)]),
            Some("object") => {
                let mut object = Map::new();
                let members = schema["properties"].as_object();
                for (name, member) in members.into_iter().flatten().filter(|_| depth < DEPTH) {
                    if name != "__type" || member.get("const").is_some() {
                        object.insert(name.clone(), self.sample(name, member, depth + 1));
                    }
                }
                if let Some(values) = schema.get("additionalProperties") {
                    object.insert("x".to_owned(), self.sample(name, values, depth + 1));
                }
                Value::Object(object)
            }
            _ => match (name, schema["format"].as_str(), &schema["examples"][0]) {
                // Logins fail slower and slower.
                ("userID", ..) => json!("anna"),
                ("password", ..) => json!("demo"),
                ("emailAddress" | "address", ..) => json!("x@example.org"),
                (_, Some("uuid"), _) => json!("00000000-0000-0000-0000-000000000000"),
                (_, _, Value::String(example)) => json!(example),
                _ => json!("x"),
            },
        }
    }

    /// Bodies that are certainly wrong: at whatever depth, a member that is required is of another type, or a member stands there twice.
    pub fn wrong(&self, schema: &Value) -> Vec<(String, Vec<u8>)> {
        let good = self.sample("", schema, 0);
        let mut places = Vec::new();
        self.objects(schema, &good, &mut String::new(), &mut places);
        let mut all = Vec::new();
        for (place, schema) in &places {
            let object = good.pointer(place).expect("a place");
            for name in schema["required"].as_array().into_iter().flatten() {
                let name = name.as_str().expect("a name");
                // Clients leave it out; what it says is looked at.
                if name == "__type" {
                    continue;
                }
                for value in [json!([[[1]]]), json!({ "a": { "b": 1 } }), json!(null)] {
                    if same_kind(&value, &object[name]) {
                        continue;
                    }
                    let mut body = good.clone();
                    body.pointer_mut(place).expect("a place")[name] = value.clone();
                    all.push((format!("{place}/{name} is {value}"), bytes(&body)));
                }
            }
            for (name, value) in object.as_object().expect("an object") {
                let text = object.to_string();
                let twice = text.replacen('{', &format!("{{\"{name}\":{value},"), 1);
                let mut body = good.clone();
                *body.pointer_mut(place).expect("a place") = json!(PLACE);
                let body = body.to_string().replace(&json!(PLACE).to_string(), &twice);
                all.push((format!("{place}/{name} twice"), body.into_bytes()));
            }
        }
        all
    }

    /// The objects in a sample, with their schemas.
    fn objects<'a>(
        &'a self,
        schema: &'a Value,
        sample: &Value,
        path: &mut String,
        found: &mut Vec<(String, &'a Value)>,
    ) {
        let schema = self.behind(schema);
        // Rights have thousands of places that are the same.
        if found.len() >= MOST_PLACES {
            return;
        }
        let mut enter = |name: &str, schema: &'a Value, child: &Value| {
            let length = path.len();
            path.push('/');
            path.push_str(name);
            self.objects(schema, child, path, found);
            path.truncate(length);
        };
        match sample {
            Value::Object(members) => {
                for (name, child) in members {
                    let member = &schema["properties"][name];
                    if !member.is_null() {
                        enter(name, member, child);
                    }
                }
                found.push((path.clone(), schema));
            }
            Value::Array(elements) => {
                for (index, child) in elements.iter().enumerate() {
                    enter(&index.to_string(), &schema["items"], child);
                }
            }
            _ => {}
        }
    }

    /// Bodies in which a list or a map has as many different elements as there is room for.
    pub fn long(&self, schema: &Value) -> Vec<(String, Vec<u8>)> {
        let good = self.sample("", schema, 0);
        let mut places = Vec::new();
        collect(&good, &mut String::new(), &mut places);
        let required = self.behind(schema)["required"].as_array();
        let is_required = |name: &str| required.is_some_and(|all| all.contains(&json!(name)));
        let long = |place: &String| {
            let mut body = good.clone();
            // Alone, so that it is not refused for another's sake.
            let first = place.split('/').nth(1)?;
            let members = body.as_object_mut().expect("an object");
            members.retain(|name, _| name == first || is_required(name));
            let value = body.pointer_mut(place).expect("a place");
            *value = match value {
                Value::Array(elements) => Value::Array(many(elements.first()?)),
                Value::Object(members) if members.len() == 1 && members.contains_key("x") => {
                    let names = (0..LONG / 16).map(|number| format!("n{number}"));
                    Value::Object(names.zip(many(&members["x"])).collect())
                }
                _ => return None,
            };
            Some((format!("{place} is long"), bytes(&body)))
        };
        let places = places.iter().step_by(1 + places.len() / MOST_PLACES);
        places.filter_map(long).collect()
    }

    /// Bodies with something odd in the place of each member at every depth, and in all places at once.
    pub fn odd(&self, schema: &Value) -> Vec<(String, Vec<u8>)> {
        let good = self.sample("", schema, 0);
        let mut places = Vec::new();
        collect(&good, &mut String::new(), &mut places);
        // Rights have thousands of places that are the same.
        let places = places.iter().step_by(1 + places.len() / MOST_PLACES);
        let odd = odd_values();
        let mut all = vec![("as it should be".to_owned(), bytes(&good))];
        for (number, place) in places.enumerate() {
            // Each place sees a few of them, and each of them is seen in many places.
            for (what, value) in odd.iter().cycle().skip(number).step_by(3).take(2) {
                let mut body = good.clone();
                *body.pointer_mut(place).expect("a place") = value.clone();
                all.push((format!("{place} is {what}"), bytes(&body)));
            }
        }
        for (what, value) in &odd {
            let mut body = good.clone();
            for member in body.as_object_mut().expect("an object").values_mut() {
                *member = value.clone();
            }
            body["__type"] = good["__type"].clone();
            all.push((format!("every member is {what}"), bytes(&body)));
        }
        let foreign =
            json!({ "__type": "urn:inin.com:no:such", "__proto__": { "a": 1 }, "constructor": {} });
        all.push(("another type".to_owned(), bytes(&foreign)));
        let mut crowded = good.clone();
        for number in 0..5_000 {
            crowded[format!("more{number}")] = json!(number);
        }
        all.push(("many members".to_owned(), bytes(&crowded)));
        // What is too large is not read, and has a test of its own.
        all.retain(|(_, body)| body.len() < 1_000_000);
        all
    }
}

/// As many elements like this one as there is room for, each with texts of its own.
fn many(like: &Value) -> Vec<Value> {
    let text = like.to_string();
    let count = LONG / (text.len() + 8);
    let other = |number| {
        let text = text.replace("\"x", &format!("\"x{number}"));
        serde_json::from_str(&text).expect("JSON")
    };
    (0..count).map(other).collect()
}

fn bytes(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

fn same_kind(one: &Value, other: &Value) -> bool {
    one.is_array() == other.is_array() && one.is_object() == other.is_object() && !one.is_null()
}

/// The places in a value, as JSON pointers.
fn collect(value: &Value, path: &mut String, places: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), value))
            .collect(),
        Value::Array(elements) => elements
            .iter()
            .enumerate()
            .map(|(index, value)| (index.to_string(), value))
            .collect(),
        _ => return,
    };
    for (name, child) in children {
        let length = path.len();
        path.push('/');
        path.push_str(&name);
        places.push(path.clone());
        collect(child, path, places);
        path.truncate(length);
    }
}

fn odd_values() -> Vec<(&'static str, Value)> {
    let evil = "'; DROP TABLE users; -- \u{0}\u{1}\u{202e}\u{feff}\u{1F4CE}\r\nX-Evil: 1";
    vec![
        ("null", json!(null)),
        ("a list", json!([[[1]]])),
        (
            "an object",
            json!({ "a": { "__type": "urn:inin.com:no:such" } }),
        ),
        ("a huge number", json!(u64::MAX)),
        ("a fraction", json!(-1.5)),
        ("an evil text", json!(evil)),
        ("a long text", json!("\u{e9}".repeat(50_000))),
        ("a path", json!("../../../../etc/passwd")),
        ("no text", json!("")),
        ("a long list", json!(vec!["x"; 20_000])),
    ]
}
