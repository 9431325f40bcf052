package io.mqttsentinel.pattern;

import io.mqttsentinel.pattern.SuricataContent.Gap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Contents of one buffer whose places depend on each other, in their order. */
final class SuricataChain {

  private final List<Gap> gaps = new ArrayList<>();
  private final List<Fragment> pieces = new ArrayList<>();

  private SuricataChain() {}

  /**
   * What all contents of a buffer say together.
   *
   * @throws ImportRefusedException if one pattern cannot say that
   */
  static Fragments.Joined join(List<SuricataContent> contents) {
    List<SuricataChain> chains = new ArrayList<>();
    List<Fragment> unwanted = new ArrayList<>();
    boolean afterNegated = false;
    for (SuricataContent content : contents) {
      content.check();
      boolean relative = content.isRelative() && (!chains.isEmpty() || afterNegated);
      if (relative && (content.isNegated() || afterNegated)) {
        throw new ImportRefusedException("distance, within or flag R beside a negated content");
      }
      if (content.isNegated()) {
        SuricataChain alone = new SuricataChain();
        alone.add(content);
        unwanted.add(alone.fragment());
        afterNegated = true;
        continue;
      }
      if (!relative) {
        chains.add(new SuricataChain());
      }
      chains.getLast().add(content);
      afterNegated = false;
    }
    mergeFixed(chains);
    List<Fragment> wanted =
        Fragments.withoutImplied(chains.stream().map(SuricataChain::fragment).toList());
    if (wanted.size() > 1 && chains.stream().anyMatch(SuricataChain::isLoose)) {
      throw new ImportRefusedException("offset or depth of some width beside other contents");
    }
    return Fragments.join(wanted, unwanted);
  }

  private void add(SuricataContent content) {
    if (!pieces.isEmpty()) {
      Fragment before = pieces.getLast();
      if (before.last() || before.anchored() || content.fragment().anchored()) {
        throw new ImportRefusedException("an anchor between contents that depend on each other");
      }
      if (RegexShape.length(before.regex()) == RegexShape.VARYING) {
        throw new ImportRefusedException("a content behind a pcre of varying length");
      }
    }
    gaps.add(content.gap());
    pieces.add(content.fragment());
  }

  private boolean isFree() {
    return gaps.getFirst() == null || gaps.getFirst().equals(Gap.ANY);
  }

  private boolean isLoose() {
    return !isFree() && !gaps.getFirst().isFixed();
  }

  /** Contents at fixed places follow each other. */
  private static void mergeFixed(List<SuricataChain> chains) {
    List<SuricataChain> fixed =
        chains.stream()
            .filter(chain -> !chain.isFree() && !chain.isLoose())
            .sorted(Comparator.comparingInt(chain -> chain.gaps.getFirst().least()))
            .toList();
    if (fixed.size() < 2) {
      return;
    }
    SuricataChain merged = fixed.getFirst();
    int end = 0;
    for (SuricataChain chain : fixed) {
      int begin = chain.gaps.getFirst().least();
      int length = RegexShape.length(chain.pieces.getFirst().regex());
      if (begin < end || merged.pieces.getLast().last() || length == RegexShape.VARYING) {
        throw new ImportRefusedException("contents at the same place");
      }
      if (chain.pieces.size() > 1 && chain != fixed.getLast()) {
        throw new ImportRefusedException("contents at fixed places around others");
      }
      if (chain != merged) {
        merged.gaps.add(new Gap(begin - end, begin - end));
        merged.gaps.addAll(chain.gaps.subList(1, chain.gaps.size()));
        merged.pieces.addAll(chain.pieces);
        chains.remove(chain);
      }
      end = begin + length;
    }
  }

  private Fragment fragment() {
    Fragment.Letters letters = Fragment.of(pieces);
    boolean ignoreCase = letters != Fragment.Letters.EXACT;
    StringBuilder source = new StringBuilder();
    for (int i = 0; i < pieces.size(); i++) {
      if (i > 0 || !isFree()) {
        source.append(gaps.get(i).source());
      }
      source.append(pieces.get(i).written(ignoreCase));
    }
    Fragment end = pieces.getLast();
    return new Fragment(source.toString(), letters, !isFree(), end.last(), end.anchored());
  }
}
