namespace AdapterHub.Tests.Catalog.Cards;

/// <summary>Attacks by Markdown and HTML, by kind. Written for this project after the kinds that OWASP and the sanitisers' own advisories name.</summary>
internal static class XssVectors
{
    public static readonly string[] All =
    [
        .. Schemes, .. Markdown, .. Elements, .. Handlers, .. Breakouts, .. Mutations, .. Mathematics, .. Clobbering, .. Styles, .. Unicode,
    ];

    /// <summary>Schemes that run or carry content, in disguises.</summary>
    private static string[] Schemes =>
    [
        .. from href in new[]
           {
               "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "\tjavascript:alert(1)", "java\tscript:alert(1)", "java\nscript:alert(1)", "java\r\nscript:alert(1)",
               "&#106;avascript:alert(1)", "&#x6A;avascript:alert(1)", "&#0000106avascript:alert(1)", "&#x6A&#x61&#x76ascript:alert(1)", "javascript&colon;alert(1)",
               "javascript&#58;alert(1)", "java&Tab;script:alert(1)", "java&NewLine;script:alert(1)", "java&#9;script:alert(1)", "java&#10;script:alert(1)", "java&#0;script:alert(1)",
               "&#1;javascript:alert(1)", "&#14; javascript:alert(1)", "java\0script:alert(1)", "\u0001javascript:alert(1)", "java\u200Bscript:alert(1)", "\uFEFFjavascript:alert(1)",
               "\u00A0javascript:alert(1)", "javascript\u00AD:alert(1)", "javascript\uFF1Aalert(1)", "javascript&amp;colon;alert(1)", "javascript%3Aalert(1)", "%6Aavascript:alert(1)",
               "javascript://%0aalert(1)", "javascript:/*--></title></style>*/alert(1)", "vbscript:msgbox(1)", "VBSCRIPT&colon;msgbox(1)", "livescript:alert(1)", "mocha:alert(1)",
               "data:text/html,<script>alert(1)</script>", "data:text/html;base64,PHNjcmlwdD4=", "DATA&colon;text/html,x", "data:image/svg+xml,<svg onload=alert(1)>", "blob:https://x/y",
               "file:///etc/passwd", "filesystem:https://x/y", "view-source:javascript:alert(1)", "jar:https://x!/y", "feed:javascript:alert(1)", "about:blank", "ms-its:x", "intent://x#Intent;",
               "ws://x", "ftp://x/y", "tel:1", "//evil.example/x", "/\\evil.example", "\\\\evil.example\\x", "https:evil.example", "https:/\\evil.example", "https://user:pw@evil.example/",
               "http://[::1", "https://", "https://ex\"onmouseover=alert(1)//", "?javascript:alert(1)", "./javascript:alert(1)", "#javascript:alert(1)", "#\" onclick=alert(1)",
               "../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/x", "..\\..\\x", "a/%00/b", "mailto:a@b?subject=%0d%0aBcc:c", "mailto:\"><script>alert(1)</script>",
           }
           from form in new[] { "<a href=\"{0}\">x</a>", "<a href='{0}'>x</a>", "<img src=\"{0}\">", "[x](<{0}>)", "![x](<{0}>)", "[x][r]\n\n[r]: <{0}>" }
           select string.Format(System.Globalization.CultureInfo.InvariantCulture, form, href),
    ];

    private static string[] Markdown =>
    [
        "[x](javascript:alert(1))", "[x](javascript:alert&#40;1&#41;)", "[x](java\\script:alert(1))", "[x]( javascript:alert(1) \"t\")", "<javascript:alert(1)>", "<data:text/html,x>",
        "![x](javascript:alert(1))", "![x](x \"\" onerror=alert(1))", "![\" onerror=alert(1) x=\"](x)", "[x](x \"\\\" onclick=alert(1)\")", "[x](x '\"><script>alert(1)</script>')",
        "[a](b \"</a><script>alert(1)</script>\")", "[x]: javascript:alert(1)\n\n[x]", "[^1]\n\n[^1]: [x](javascript:alert(1)) <script>alert(1)</script>",
        "[^\"><img src=x onerror=alert(1)>]\n\n[^\"><img src=x onerror=alert(1)>]: y", "```\"onclick=alert(1)\nx\n```", "```<script>alert(1)</script>\nx\n```", "```html\n</code></pre><script>alert(1)</script>\n```",
        "`</code><script>alert(1)</script>`", "    </code></pre><script>alert(1)</script>", "| a |\n|---|\n| <script>alert(1)</script> |", "| [x](javascript:alert(1)) |\n|---|\n| ![x](data:x) |",
        "# <script>alert(1)</script>", "# x {onclick=alert(1)}", "- [ ] <img src=x onerror=alert(1)>", "> [!NOTE]<script>alert(1)</script>\n> x", "> [!\"><img src=x onerror=alert(1)>]\n> x",
        "a\n: <script>alert(1)</script>", "https://x.example/\"onmouseover=\"alert(1)", "www.x.example/<script>alert(1)</script>", "http://x.example/'><img/src/onerror=alert(1)>",
        "<https://x.example/?\"onclick=alert(1)>", "[x](https://x.example/<script>alert(1)</script>)", "~~<svg/onload=alert(1)>~~", ":smile\"><script>alert(1)</script>:",
        "\\<script>alert(1)\\</script>", "<scr<!-- -->ipt>alert(1)</scr<!-- -->ipt>", "&lt;script&gt;alert(1)&lt;/script&gt;", "[![x](javascript:alert(1))](javascript:alert(1))",
        "[![x](https://x.example/a.png)](javascript:alert(1))", "[a [b](javascript:alert(1)) c](javascript:alert(2))", "<!-- --><script>alert(1)</script>", "<!--><script>alert(1)</script>-->", "<!--!><script>alert(1)</script>",
    ];

    private static string[] Elements =>
    [
        "<script>alert(1)</script>", "<script src=https://x.example/a.js></script>", "<SCRIPT>alert(1)</SCRIPT>", "<script\n>alert(1)</script\n>", "<script/x>alert(1)</script>", "<<script>alert(1)//<</script>",
        "<scr\0ipt>alert(1)</scr\0ipt>", "<script>alert(1)", "</script><script>alert(1)</script>", "<iframe src=javascript:alert(1)></iframe>", "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<object data=javascript:alert(1)></object>", "<embed src=javascript:alert(1)>", "<applet code=x></applet>", "<base href=https://evil.example/>", "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
        "<link rel=stylesheet href=https://evil.example/a.css>", "<link rel=import href=data:text/html,x>", "<form action=javascript:alert(1)><input type=submit></form>", "<form id=f></form><button form=f formaction=javascript:alert(1)>x</button>",
        "<input type=image src=x onerror=alert(1)>", "<input type=checkbox autofocus onfocus=alert(1)>", "<input type=password name=p>", "<isindex type=image src=1 onerror=alert(1)>", "<textarea autofocus onfocus=alert(1)></textarea>",
        "<select autofocus onfocus=alert(1)><option>x</select>", "<video src=x onerror=alert(1)></video>", "<video poster=javascript:alert(1)></video>", "<audio src=x onerror=alert(1)>", "<source src=x onerror=alert(1)>",
        "<track src=javascript:alert(1)>", "<picture><source srcset=https://x.example/a.png><img src=a.png></picture>", "<img srcset='https://x.example/a 1x' src=a.png>", "<img lowsrc=javascript:alert(1) dynsrc=javascript:alert(1)>",
        "<frameset onload=alert(1)><frame src=javascript:alert(1)></frameset>", "<marquee onstart=alert(1)>x</marquee>", "<bgsound src=javascript:alert(1)>", "<layer src=x></layer>", "<xml id=x><i></i></xml>", "<body onload=alert(1)>",
        "<html><head><title>x</title></head><body background=javascript:alert(1)>y</body></html>", "<table background=javascript:alert(1)><td background=javascript:alert(1)>x</table>", "<dialog open onclose=alert(1)>x</dialog>",
        "<portal src=javascript:alert(1)></portal>", "<template><script>alert(1)</script></template>", "<template shadowrootmode=open><script>alert(1)</script></template>", "<slot onslotchange=alert(1)></slot>",
        "<custom-element onclick=alert(1)>x</custom-element>", "<a href=x ping=https://evil.example download target=_blank>x</a>", "<a href='x' target='_top' rel='opener'>x</a>", "<map name=m><area href=javascript:alert(1)></map><img usemap=#m src=a.png>",
        "<keygen autofocus onfocus=alert(1)>", "<plaintext><script>alert(1)</script>", "<xmp><script>alert(1)</script></xmp>", "<button type=button class=remote-image data-src=javascript:alert(1)>x</button>", "<div data-src=javascript:alert(1) class=remote-image>x</div>",
        "<?xml-stylesheet href='javascript:alert(1)'?>", "<!ENTITY x SYSTEM 'file:///etc/passwd'>&x;", "<![CDATA[<script>alert(1)</script>]]>", "<details ontoggle=alert(1) open>x</details>",
    ];

    private static string[] Handlers =>
    [
        .. from name in new[] { "onclick", "onload", "onerror", "onmouseover", "onfocus", "onanimationstart", "onpointerrawupdate", "onbeforetoggle", "onscrollsnapchange", "ONCLICK", "on\tclick", "onclick\0", "oncli\u0000ck", "x onclick" }
           from form in new[] { "<b {0}=alert(1)>x</b>", "<img src=a.png {0}='alert(1)'>", "<div/{0}=\"alert(1)\">x</div>" }
           select string.Format(System.Globalization.CultureInfo.InvariantCulture, form, name),
        "<svg onload=alert(1)>", "<svg/onload=alert(1)//", "<svg><script>alert(1)</script></svg>", "<svg><animate onbegin=alert(1) attributeName=x dur=1s>", "<svg><set onbegin=alert(1) attributename=x>",
        "<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>", "<svg><use href='data:image/svg+xml,<svg id=x><script>alert(1)</script></svg>#x'/></svg>", "<svg><animate attributeName=href values=javascript:alert(1) /><a id=x></a></svg>",
        "<svg><foreignObject><iframe src=javascript:alert(1)></foreignObject></svg>", "<svg><image href=javascript:alert(1)></svg>", "<svg><title><img src=x onerror=alert(1)></title></svg>", "<svg><desc><script>alert(1)</script></desc></svg>",
    ];

    private static string[] Breakouts =>
    [
        "<a title='\"><script>alert(1)</script>'>x</a>", "<a title=\"'><script>alert(1)</script>\">x</a>", "<a title=x\"onclick=alert(1)>x</a>", "<img alt='\" onerror=\"alert(1)' src=https://x.example/a.png>", "<img alt=\"`><script>alert(1)</script>\" src=a.png>",
        "<img src=\"a.png\" alt=\"&quot; onerror=&quot;alert(1)\">", "<img src='https://x.example/a.png?\" onerror=\"alert(1)'>", "<a href=\"x\"onclick=\"alert(1)\">y</a>", "<a href='x'/onclick='alert(1)'>y</a>", "<a/href=x/onclick=alert(1)>y</a>", "<a\u000Cclass=x\u000Conclick=alert(1)>y</a>",
        "<b class='x\" onclick=\"alert(1)'>x</b>", "<ol type='1\" onclick=alert(1) x=\"'><li>x</ol>", "<td colspan='2\" onclick=alert(1) x=\"'>x</td>", "<p dir='ltr\" onclick=\"alert(1)'>x</p>", "<img width='1\" onerror=\"alert(1)' src=a.png>", "<a href=\"x\" <script>alert(1)</script>>y</a>",
        "<img src=x\" onerror=alert(1)//", "<img \"\"\"><script>alert(1)</script>\">", "<a href=x title=\"&#34;&#62;&#60;script&#62;alert(1)&#60;/script&#62;\">y</a>", "<b <script>alert(1)</script>0", "<a href=", "<img src=\"", "<b title='", "<", "</", "<a", "<a b", "<a b=", "<!", "<!--", "<?", "</a b='>'>",
    ];

    private static string[] Mutations =>
    [
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>", "<noscript><style></noscript><img src=x onerror=alert(1)></style>", "<style><style/><img src=x onerror=alert(1)>", "<svg><style><img title=\"</style><img src=x onerror=alert(1)>\"></style></svg>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=x onerror=alert(1)&gt;\">", "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=alert(1)>", "<svg></p><style><a id=\"</style><img src=x onerror=alert(1)>\">",
        "<math><mi><table><mi><style><!--</style><a title=\"--><img src=x onerror=alert(1)>\">", "<table><td><table><a><img src=x onerror=alert(1)></table>", "<table><a href=javascript:alert(1)>x<tr><td>y</table>", "<b><p><i></b></p></i><script>alert(1)</script>", "<a><p><a href=javascript:alert(1)>x</a></p></a>",
        "<select><template><style><!--</style><a rel=\"--></style></template></select><img src=x onerror=alert(1)>\">", "<title><a title=\"</title><img src=x onerror=alert(1)>\">", "<textarea><a title=\"</textarea><img src=x onerror=alert(1)>\">", "<xmp><a title=\"</xmp><img src=x onerror=alert(1)>\">",
        "<iframe><a title=\"</iframe><img src=x onerror=alert(1)>\">", "<noembed><a title=\"</noembed><img src=x onerror=alert(1)>\">", "<noframes><a title=\"</noframes><img src=x onerror=alert(1)>\">", "<!--<a title=\"--><img src=x onerror=alert(1)>\">", "<!--a--!><img src=x onerror=alert(1)>-->",
        "<p><svg><p><style><!--</style><img src=x onerror=alert(1)>-->", "<svg><![CDATA[><img src=x onerror=alert(1)>]]></svg>", "<math><annotation-xml encoding=\"text/html\"><style><img src=x onerror=alert(1)></style></annotation-xml></math>", "<listing>&lt;img src=x onerror=alert(1)&gt;</listing>",
        "<pre>\n\n<img src=x onerror=alert(1)></pre>", "<li><ul><li></b><script>alert(1)</script>", "<ruby><rt><script>alert(1)</script></ruby>", "<details><summary><details><script>alert(1)</script>", "<table><caption><table><td></caption><script>alert(1)</script>", "<h1><h2></h1><script>alert(1)</script>",
        "<p><button><p><script>alert(1)</script>", "<nobr><nobr><script>alert(1)</script></nobr>", "<option><style></option></select><img src=x onerror=alert(1)></style>", "<image src=x onerror=alert(1)>", "<br/x/onclick=alert(1)><hr onclick=alert(1)/>", "<col onclick=alert(1)><colgroup>x", "<td><tr><table></td><script>",
    ];

    private static string[] Mathematics =>
    [
        "<math href=javascript:alert(1)>x</math>", "<math><mi xlink:href=javascript:alert(1)>x</mi></math>", "<math><maction actiontype=statusline xlink:href=javascript:alert(1)>x</maction></math>", "<math><semantics><annotation-xml encoding=text/html><script>alert(1)</script></annotation-xml></semantics></math>",
        "$<script>alert(1)</script>$", "$\\text{<img src=x onerror=alert(1)>}$", "$$\n</code></pre><script>alert(1)</script>\n$$", "$\\href{javascript:alert(1)}{x}$", "$\\url{javascript:alert(1)}$", "$\\class{x\" onclick=\"alert(1)}{y}$", "$\\style{background:url(x)}{y}$", "$\\htmlData{onclick=alert(1)}{y}$",
        "$\\unicode{60}script>$", "$x\" onclick=\"alert(1)$", "$\\operatorname{<script>}$", "$\\tag{<script>alert(1)</script>} x$", "$\\color{red\" onclick=\"alert(1)}{x}$", "$\\begin{array}{l\" onclick=\"alert(1)} a \\end{array}$", "$\\hspace{1em\" onclick=\"alert(1)}$", "\\\\(<svg onload=alert(1)>\\\\)",
        "<code class=math-inline><img src=x onerror=alert(1)></code>", "<code class=\"math-display\">\\text{&lt;script&gt;}</code>", "<pre><code class=language-math>\\text{&lt;/math&gt;&lt;script&gt;alert(1)&lt;/script&gt;}</code></pre>", "```math\n\\text{</mtext></math><script>alert(1)</script>}\n```",
    ];

    private static string[] Clobbering =>
    [
        "<a id=location href=javascript:alert(1)>x</a>", "<img name=getElementById src=a.png>", "<a name=cookie>x</a>", "<div id=blazor-error-ui>x</div>", "<a id=x><a id=x name=y href=javascript:alert(1)>", "<img id=currentScript src=a.png>", "# __proto__", "<p id='a b'>x</p><p id='\"><script>'>y</p>",
        "<p id=card-x>a</p><p id=card-x>b</p>\n\n# x\n\n# x", "<h2 id=app>x</h2>", "<div id=components-reconnect-modal class='modal show fixed-top' role=dialog aria-modal=true>x</div>",
    ];

    private static string[] Styles =>
    [
        "<p style='background:url(javascript:alert(1))'>x</p>", "<p style='position:fixed;top:0;left:0;width:100%;height:100%'>x</p>", "<p style=\"x:expression(alert(1))\">x</p>", "<p style='-moz-binding:url(x)'>x</p>", "<td style='text-align: right;'>x</td>", "<table><tr><td style='text-align: right;position:fixed'>x</table>",
        "<style>@import 'https://evil.example/a.css'</style>", "<style>body{display:none}", "<p class='rz-dialog-mask position-fixed modal'>x</p>", "<font style=x color='red\" onclick=alert(1)'>x</font>", "<div align='center;\" onclick=alert(1)'>x</div>", "<img src=https://x.example/a.png width=99999999999 height=-1>", "<td colspan=100000 rowspan=100000>x</td>",
    ];

    private static string[] Unicode =>
    [
        "<a href=\"https://example.org\u202Egpj.exe\">x\u202Ey</a>", "[\u202Emoc.elgoog](https://evil.example/)", "<a href='https://xn--80ak6aa92e.example/'>аррӏе</a>", "＜script＞alert(1)＜/script＞", "<\u200Bscript>alert(1)</script>", "<s\u0131cript>alert(1)</s\u0131cript>", "<ſcript>alert(1)</ſcript>", "<a href=\"ja\u0131vascript:alert(1)\">x</a>",
        "<a href=\"javaſcript:alert(1)\">x</a>", "\ud800<script>alert(1)</script>\udfff", "<img src=a.png alt=\"\ud83d\">", "<a title=\"\u2028\u2029\">x</a>", "[x](．．/．．/etc/passwd)", "[x](a\u2215..\u2215b)", "![x](%ef%bc%8e%ef%bc%8e/x)", "+ADw-script+AD4-alert(1)+ADw-/script+AD4-", "\u00BCscript\u00BEalert(1)\u00BC/script\u00BE",
    ];
}
