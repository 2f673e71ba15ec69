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
  void aFreeBlockCanNeitherBeHeldNorReleased() {
    BlockManager manager = new BlockManager(2);
    assertThatIllegalStateException().isThrownBy(() -> manager.release(1));
    assertThatIllegalStateException().isThrownBy(() -> manager.retain(1));
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
