using System.Collections.Frozen;

namespace AdapterHub.Catalog.Cards.Tex;

/// <summary>Names and signs, as in LaTeX and amssymb. A table is a text of pairs, so that it can be read at a glance.</summary>
internal static class TexSymbolTables
{
    public static readonly FrozenDictionary<string, string> Greek = Pairs(
        """
        alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ varkappa ϰ lambda λ mu μ nu ν xi ξ omicron ο pi π varpi ϖ
        rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω digamma ϝ
        Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
        """);

    /// <summary>Signs that stand for things.</summary>
    public static readonly FrozenDictionary<string, string> Ordinary = Pairs(
        """
        infty ∞ partial ∂ nabla ∇ emptyset ∅ varnothing ∅ ell ℓ hbar ℏ hslash ℏ imath ı jmath ȷ Re ℜ Im ℑ aleph ℵ beth ℶ wp ℘ forall ∀ exists ∃ nexists ∄ top ⊤ bot ⊥
        angle ∠ measuredangle ∡ triangle △ square □ Box □ blacksquare ■ diamond ⋄ Diamond ◇ lozenge ◊ star ⋆ bigstar ★ clubsuit ♣ diamondsuit ♢ heartsuit ♡ spadesuit ♠
        flat ♭ natural ♮ sharp ♯ checkmark ✓ dagger † ddagger ‡ S § P ¶ copyright © pounds £ degree ° prime ′ backprime ‵ complement ∁ eth ð mho ℧ surd √ textdegree °
        ldots … dots … dotsc … dotso … cdots ⋯ dotsb ⋯ dotsm ⋯ dotsi ⋯ vdots ⋮ ddots ⋱ % % $ $ # # & & _ _ AA Å aa å ss ß ae æ oe œ o ø
        """);

    public static readonly FrozenDictionary<string, string> Operators = Pairs(
        """
        pm ± mp ∓ times × div ÷ cdot ⋅ ast ∗ circ ∘ bullet ∙ cap ∩ cup ∪ uplus ⊎ sqcap ⊓ sqcup ⊔ vee ∨ lor ∨ wedge ∧ land ∧ setminus ∖ smallsetminus ∖ wr ≀ amalg ⨿
        oplus ⊕ ominus ⊖ otimes ⊗ oslash ⊘ odot ⊙ dotplus ∔ ltimes ⋉ rtimes ⋊ bowtie ⋈ centerdot ⋅ boxtimes ⊠ boxplus ⊞ barwedge ⊼ circledast ⊛
        leq ≤ le ≤ geq ≥ ge ≥ neq ≠ ne ≠ lt < gt > ll ≪ gg ≫ lll ⋘ ggg ⋙ leqslant ⩽ geqslant ⩾ lesssim ≲ gtrsim ≳ equiv ≡ sim ∼ simeq ≃ approx ≈ approxeq ≊ cong ≅ propto ∝
        varpropto ∝ asymp ≍ doteq ≐ triangleq ≜ coloneqq ≔ eqqcolon ≕ prec ≺ succ ≻ preceq ⪯ succeq ⪰ subset ⊂ supset ⊃ subseteq ⊆ supseteq ⊇ subsetneq ⊊ supsetneq ⊋
        nsubseteq ⊈ sqsubseteq ⊑ sqsupseteq ⊒ in ∈ ni ∋ notin ∉ vdash ⊢ dashv ⊣ models ⊨ vDash ⊨ perp ⊥ mid ∣ nmid ∤ parallel ∥ nparallel ∦ smile ⌣ frown ⌢ nless ≮ ngtr ≯
        nleq ≰ ngeq ≱ lnot ¬ neg ¬ therefore ∴ because ∵ colon : vcentcolon : cdotp ⋅ ldotp .
        to → rightarrow → leftarrow ← gets ← leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔ iff ⟺ implies ⟹ impliedby ⟸ longrightarrow ⟶ longleftarrow ⟵
        longleftrightarrow ⟷ Longrightarrow ⟹ Longleftarrow ⟸ Longleftrightarrow ⟺ mapsto ↦ longmapsto ⟼ hookrightarrow ↪ hookleftarrow ↩ rightharpoonup ⇀ rightharpoondown ⇁
        leftharpoonup ↼ leftharpoondown ↽ rightleftharpoons ⇌ rightleftarrows ⇄ leftrightarrows ⇆ rightrightarrows ⇉ nearrow ↗ searrow ↘ swarrow ↙ nwarrow ↖ rightsquigarrow ⇝
        leadsto ⇝ twoheadrightarrow ↠ nrightarrow ↛ Uparrow ⇑ Downarrow ⇓ curvearrowright ↷ circlearrowright ↻ multimap ⊸
        """);

    public static readonly FrozenDictionary<string, string> Large = Pairs(
        "sum ∑ prod ∏ coprod ∐ bigcup ⋃ bigcap ⋂ bigvee ⋁ bigwedge ⋀ bigoplus ⨁ bigotimes ⨂ bigodot ⨀ biguplus ⨄ bigsqcup ⨆ int ∫ iint ∬ iiint ∭ iiiint ⨌ oint ∮ oiint ∯ smallint ∫");

    public static readonly FrozenSet<string> Functions = FrozenSet.ToFrozenSet(
        "sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan log ln lg exp arg deg dim hom ker sgn erf softmax ReLU".Split(' '));

    public static readonly FrozenDictionary<string, string> LimitFunctions =
        "lim max min sup inf det gcd Pr argmax argmin".Split(' ').Select(name => KeyValuePair.Create(name, name))
            .Concat([KeyValuePair.Create("limsup", "lim sup"), KeyValuePair.Create("liminf", "lim inf"), KeyValuePair.Create("injlim", "inj lim"), KeyValuePair.Create("projlim", "proj lim")])
            .ToFrozenDictionary(StringComparer.Ordinal);

    public static bool IsIntegral(string sign) => sign is "∫" or "∬" or "∭" or "⨌" or "∮" or "∯";

    private static FrozenDictionary<string, string> Pairs(string text)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Chunk(2).ToFrozenDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
    }
}
