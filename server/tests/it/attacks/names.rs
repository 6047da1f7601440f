//! Names that look like somebody else's.

use access::Role;

use crate::support::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_name_that_looks_like_another() {
    let site = Site::new().await;
    let owner = site.session("ada.scope", vec![site.grant(Role::Owner, "")]).await;
    for name in [
        "ADA.scope",
        " ada.scope ",
        // Cyrillic а, с, о, р, е.
        "аda.scope",
        "ada.sсope",
        "ada.scоpe",
        "аdа.ѕсоре",
        // Greek omicron, full width, mathematical, a soft hyphen, a zero width space.
        "ada.scοpe",
        "ａｄａ.scope",
        "𝚊𝚍𝚊.scope",
        "ada.sco\u{ad}pe",
        "ada\u{200b}.scope",
        "ada．scope",
    ] {
        let encoded: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
        let form = format!("name={encoded}&display=Ada&role=viewer&below=");
        let answer = site.post("/admin/people/invite", &form).by(&owner).await;
        assert_eq!(answer.status, 422, "{name:?}");
    }
    assert_eq!(site.accounts.all().len(), 1);
    // Names of other alphabets are names.
    for name in [
        "анна",
        "josé",
        "møller",
        "李雷",
        "γιώργος",
        "o'neil",
        "line-10",
        "ada.scopes",
    ] {
        let encoded: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
        let form = format!("name={encoded}&display=Somebody&role=viewer&below=");
        let answer = site.post("/admin/people/invite", &form).by(&owner).await;
        assert_eq!(answer.status, 200, "{name:?}: {}", answer.body);
    }
}
