package dev.whit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class BlockManagerTest {
  @Test
  void everyBlockIsGivenOutOnce() {
    BlockManager manager = new BlockManager(3);
    assertThat(new int[] {manager.allocate(), manager.allocate(), manager.allocate()})
        .containsExactly(0, 1, 2);
    assertThat(manager.free()).isZero();
    assertThatIllegalStateException().isThrownBy(manager::allocate).withMessageContaining("3");
  }

  @Test
  void aBlockIsFreeWhenItsLastHolderReleasesIt() {
    BlockManager manager = new BlockManager(1);
    int block = manager.allocate();
    manager.retain(block);
    manager.release(block);
    assertThat(manager.used()).isEqualTo(1);
    manager.release(block);
    assertThat(manager.used()).isZero();
    assertThat(manager.allocate()).isEqualTo(block);
  }

  @Test
  void aFreeBlockCannotBeReleased() {
    BlockManager manager = new BlockManager(2);
    assertThatIllegalStateException().isThrownBy(() -> manager.release(1));
  }

  private static BlockHash hash(int content) {
    return BlockHash.root("content " + content);
  }

  /** A manager of blocks that were all held, published as contents 0, 1, 2 … and released. */
  private static BlockManager published(int blocks) {
    BlockManager manager = new BlockManager(blocks);
    for (int i = 0; i < blocks; i++) {
      manager.publish(manager.allocate(), hash(i));
    }
    for (int i = 0; i < blocks; i++) {
      manager.release(i);
    }
    return manager;
  }

  @Test
  void aReleasedBlockIsFoundByItsContentUntilItIsAllocatedAgain() {
    BlockManager manager = published(2);
    assertThat(manager.find(hash(1))).isEqualTo(1);
    manager.retain(1);
    assertThat(manager.used()).isEqualTo(1);
    assertThat(manager.allocate()).isZero();
    assertThat(manager.find(hash(0))).isEqualTo(BlockManager.NONE);
    assertThat(manager.find(hash(1))).isEqualTo(1);
    assertThatIllegalStateException().isThrownBy(manager::allocate);
  }

  @Test
  void theLeastRecentlyHeldBlockIsAllocatedFirst() {
    BlockManager manager = published(3);
    manager.retain(0);
    manager.release(0);
    assertThat(new int[] {manager.allocate(), manager.allocate(), manager.allocate()})
        .containsExactly(1, 2, 0);
  }

  @Test
  void aBlockOfUnknownContentIsAllocatedBeforeOneThatMightBeOfUse() {
    BlockManager manager = published(2);
    int block = manager.allocate();
    manager.release(block);
    assertThat(manager.allocate()).isEqualTo(block);
    assertThat(manager.find(hash(1))).isEqualTo(1);
  }

  @Test
  void ofEqualBlocksTheFirstIsFoundAndTheOtherIsNoLoss() {
    BlockManager manager = new BlockManager(2);
    int first = manager.allocate();
    int second = manager.allocate();
    manager.publish(first, hash(0));
    manager.publish(second, hash(0));
    manager.release(second);
    assertThat(manager.allocate()).isEqualTo(second);
    assertThat(manager.find(hash(0))).isEqualTo(first);
  }

  @Test
  void whatIsForgottenIsNotFound() {
    BlockManager manager = published(2);
    manager.forget(1);
    manager.forget(1);
    assertThat(manager.find(hash(1))).isEqualTo(BlockManager.NONE);
    assertThat(manager.find(hash(0))).isZero();
  }

  @Test
  void aTableTakesTheBlocksItMissesAndFindsItsSlots() {
    BlockManager manager = new BlockManager(12);
    manager.allocate(); // so that ids and indices differ
    BlockTable table = new BlockTable(4);
    table.grow(5, manager);
    assertThat(table.count()).isEqualTo(2);
    assertThat(table.missing(8)).isZero();
    assertThat(table.missing(9)).isEqualTo(1);
    table.grow(40, manager);
    assertThat(table.slot(0)).isEqualTo(4);
    assertThat(table.slot(39)).isEqualTo(10 * 4 + 3);
    table.release(manager);
    assertThat(table.count()).isZero();
    assertThat(manager.used()).isEqualTo(1);
  }
}
