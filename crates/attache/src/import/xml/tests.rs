use super::super::Content;
use super::*;

fn read_text(text: &str) -> Result<Scanned, String> {
    Parser::new(Path::new("/nonexistent")).run(text)
}

fn document(inner: &str) -> Scanned {
    let text = format!("<{DOCUMENT} title=\"Old\">{inner}</{DOCUMENT}>");
    read_text(&text).expect("a whole document")
}

fn said(scanned: &Scanned) -> Vec<String> {
    scanned.left_out.iter().map(ToString::to_string).collect()
}

fn title(entry: &Entry) -> &str {
    entry.about.name.as_deref().expect("a name")
}

fn inside(entry: &Entry) -> &[Entry] {
    match &entry.content {
        Content::Folder(entries) => entries,
        other => panic!("{other:?}"),
    }
}

const ONE: &str = "<ResMgt_Item title=\"a\" type=\"text\">x</ResMgt_Item>";

#[test]
fn what_is_no_whole_document_is_refused() {
    let whole = format!("<{DOCUMENT}><{NODE} title=\"n\">{ONE}</{NODE}>{ONE}</{DOCUMENT}>");
    read_text(&format!(
        "<?xml version=\"1.0\"?>\n<!-- c -->{whole}\n <!-- d -->\n"
    ))
    .expect("whole");
    for cut in 0..whole.len() {
        assert!(read_text(&whole[..cut]).is_err(), "{}", &whole[..cut]);
    }
    for behind in [
        whole.as_str(),
        "<other/>",
        "text",
        "<![CDATA[x]]>",
        "&amp;",
        "</I3_Response_Management_Document>",
        "<",
    ] {
        assert!(read_text(&format!("{whole}{behind}")).is_err(), "{behind}");
    }
    for other in ["", "text", "<other/>", ONE, &format!("text{whole}")] {
        assert_eq!(read_text(other).expect_err("none"), NO_EXPORT, "{other}");
    }
    let nested = format!("<{DOCUMENT}><{NODE}><{NODE}></{NODE}></{NODE}></{DOCUMENT}>");
    assert!(read_text(&nested).is_err());
}

#[test]
fn what_has_no_place_in_a_library_is_said() {
    let scanned = document(
        "one &amp; two
         <ResMgt_Node title=\"N\" colour=\"red\" xml:lang=\"en\">
           three<ResMgt_Item title=\"outer\" type=\"text\">a
             <ResMgt_Item title=\"inner\" type=\"text\">b</ResMgt_Item>c</ResMgt_Item>four
           <ResMgt_Item title=\"marked\" type=\"text\">a <b>bold</b> word</ResMgt_Item>
           <ResMgt_Item title=\"holds\" type=\"text\"><ResMgt_Node><ResMgt_Item/></ResMgt_Node></ResMgt_Item>
           <ResMgt_Item title=\"good\" type=\"text\">good</ResMgt_Item>
         </ResMgt_Node>
         <Group name=\"g\"><ResMgt_Item title=\"grouped\" type=\"text\">x</ResMgt_Item>text</Group>
         <ResMgt_Item title=\"top\" shortcut=\"t\" type=\"text\">top</ResMgt_Item>",
    );
    let expected = [
        "text: it stands outside of every item",
        "N/text: it stands outside of every item",
        "N/inner: it stands in what is left out",
        "N/outer: there is an element in it: ResMgt_Item",
        "N/text: it stands outside of every item",
        "N/marked: there is an element in it: b",
        "N/ResMgt_Node: it stands in what is left out",
        "N/ResMgt_Item: it stands in what is left out",
        "N/holds: there is an element in it: ResMgt_Node",
        "Group: this element is not known",
        "grouped: it stands in what is left out",
        "ResMgt_Item: its attribute `shortcut` is not known",
        "ResMgt_Node: its attribute `colour` is not known",
    ];
    assert_eq!(said(&scanned), expected);
    let [node, top] = &scanned.entries[..] else {
        panic!("{:?}", scanned.entries)
    };
    assert_eq!((title(node), title(top)), ("N", "top"));
    let titles: Vec<&str> = inside(node).iter().map(title).collect();
    assert_eq!(titles, ["good"]);
}

#[test]
fn what_has_no_title_is_called_by_what_it_says() {
    let long = "word ".repeat(20);
    let scanned = document(&format!(
        "<ResMgt_Item type=\"text\"><![CDATA[ <p>Dear <b>customer</b>,</p><p>thanks</p> ]]></ResMgt_Item>
         <ResMgt_Item title=\" \" type=\"text\">{long}</ResMgt_Item>
         <ResMgt_Item type=\"url\">https://example.com/</ResMgt_Item>
         <ResMgt_Item type=\"text\"/>
         <ResMgt_Item type=\"file\">D:\\share\\Prices.pdf</ResMgt_Item>
         <ResMgt_Node><ResMgt_Item title=\"in\" type=\"text\">x</ResMgt_Item></ResMgt_Node>"
    ));
    let titles: Vec<&str> = scanned.entries.iter().map(title).collect();
    let cut = long[..50].trim_end();
    let expected = [
        "Dear customer,",
        cut,
        "https://example.com/",
        "Untitled",
        "Untitled",
    ];
    assert_eq!(titles, expected);
    assert_eq!(
        said(&scanned),
        ["D:\\share\\Prices.pdf: its file `Prices.pdf` does not lie beside the XML"]
    );
}

#[test]
fn names_differ_and_do_not_lead_into_other_folders() {
    let mut names = Names::default();
    assert_eq!(names.free("a", ".html"), "a.html");
    assert_eq!(names.free("a (2)", ".html"), "a (2).html");
    assert_eq!(names.free("a", ".html"), "a (3).html");
    assert_eq!(names.free("a", ".url"), "a.url");
    assert_eq!(names.free("a/b", ".html"), "a\u{2044}b.html");
    assert_eq!(names.free("a\u{2044}b", ".html"), "a\u{2044}b (2).html");
}

#[test]
fn order_stays_and_many_of_one_title_are_told_apart() {
    let count = 20_000;
    let item = |number| format!("<ResMgt_Item title=\"Same\" type=\"text\">{number}</ResMgt_Item>");
    let items = (0..count).map(item).collect::<Vec<_>>().concat();
    let scanned = document(&format!(
        "<ResMgt_Item title=\"z\" type=\"text\">first</ResMgt_Item><ResMgt_Node title=\"y\"/>{items}<ResMgt_Node title=\"x\"/>"
    ));
    assert_eq!(scanned.entries.len(), count + 3);
    let limits = desk::Limits::default();
    let plan = super::super::plan(
        uuid::Uuid::from_u128(1),
        "Old",
        super::super::Kind::System,
        scanned,
        &limits,
    );
    let items = plan.library.items.expect("items");
    assert_eq!(items[0].value, "first");
    let values = items[1..].iter().map(|item| item.value.parse::<usize>());
    assert!(values.eq((0..count).map(Ok)));
    let categories = plan
        .library
        .categories
        .expect("categories, also empty ones");
    let names: Vec<&str> = categories
        .iter()
        .map(|category| category.name.as_str())
        .collect();
    assert_eq!(names, ["y", "x"]);
}
