package dev.whit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BlockHashTest {
  private static final BlockHash ROOT = BlockHash.root("model");
  private static final int[] TOKENS = {1, 2, 3, 4, 1, 2, 3, 4};

  @Test
  void equalHistoriesHaveEqualHashes() {
    assertThat(ROOT.next(TOKENS, 0, 4)).isEqualTo(BlockHash.root("model").next(TOKENS, 4, 4));
  }

  @Test
  void theSameTokensBehindOthersAreAnotherBlock() {
    BlockHash first = ROOT.next(TOKENS, 0, 4);
    assertThat(first.next(TOKENS, 4, 4)).isNotEqualTo(first);
    assertThat(BlockHash.root("other").next(TOKENS, 0, 4)).isNotEqualTo(first);
    assertThat(ROOT.next(new int[] {1, 2, 4, 3}, 0, 4)).isNotEqualTo(first);
  }
}
