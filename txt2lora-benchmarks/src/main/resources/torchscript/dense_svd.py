# What resizing costs when the product of the factors is decomposed as a whole.

class DenseSvd(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # down: [rank, inputs], up: [outputs, rank] -> the singular values of up @ down
  def decompose(self, down: Tensor, up: Tensor) -> Tensor:
    u, s, vh, = torch.linalg_svd(torch.matmul(up, down), False)
    return s
