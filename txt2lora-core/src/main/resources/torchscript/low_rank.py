# Linear algebra on the two factors of a LoRA, on the CPU.

class LowRank(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # The singular value decomposition of up @ down without the product itself: with up = Qu Ru and down^T = Qd Rd, it is
  # that of the small core Ru Rd^T, carried over by the two Q (Golub and Van Loan, "Matrix Computations", 5.4).
  # down: [rank, inputs], up: [outputs, rank] -> u: [outputs, k], s: [k], vh: [k, inputs], float64,
  # k = min(rank, inputs, outputs)
  def decompose(self, down: Tensor, up: Tensor) -> List[Tensor]:
    qu, ru, = torch.linalg_qr(up.to(7), "reduced")
    qd, rd, = torch.linalg_qr(down.to(7).transpose(0, 1), "reduced")
    u, s, vh, = torch.linalg_svd(torch.matmul(ru, rd.transpose(0, 1)), False)
    return [torch.matmul(qu, u), s, torch.matmul(vh, qd.transpose(0, 1))]

  # weight: [outputs, inputs], down: [rank, inputs], up: [outputs, rank] -> weight + up @ down
  def add_product(self, weight: Tensor, down: Tensor, up: Tensor) -> Tensor:
    return torch.addmm(weight, up, down)
