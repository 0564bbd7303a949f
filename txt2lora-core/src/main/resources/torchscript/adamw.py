# Adam (Kingma, Ba, arXiv 1412.6980) and, `decoupled`, AdamW (Loshchilov, Hutter, arXiv 1711.05101). All LoRA parameters
# are one vector, so each line is one operation over the whole LoRA.

class AdamW(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  decoupled : bool
  beta1 : float
  beta2 : float
  epsilon : float
  weight_decay : float
  state : Dict[str, Tensor]

  def step(self, parameters: Tensor, gradient: Tensor, learning_rate: Tensor) -> Tensor:
    if "step" not in self.state:
      self.state["step"] = torch.zeros([], dtype=7)
      self.state["exp_avg"] = torch.zeros_like(parameters)
      self.state["exp_avg_sq"] = torch.zeros_like(parameters)
    rate = float(learning_rate)
    if self.decoupled:
      parameters.mul_(1.0 - rate * self.weight_decay)
    elif self.weight_decay != 0.0:
      gradient = torch.add(gradient, parameters, alpha=self.weight_decay)
    step = float(self.state["step"].add_(1))
    average = self.state["exp_avg"].lerp_(gradient, 1.0 - self.beta1)
    square = self.state["exp_avg_sq"].mul_(self.beta2).addcmul_(gradient, gradient, value=1.0 - self.beta2)
    deviation = (square.sqrt() / (1.0 - self.beta2 ** step) ** 0.5).add_(self.epsilon)
    parameters.addcdiv_(average, deviation, value=-rate / (1.0 - self.beta1 ** step))
    return self.state["step"]

  def state_dict(self) -> Dict[str, Tensor]:
    return self.state

  def reset(self, parameters: Tensor, values: Tensor) -> Tensor:
    self.state.clear()
    return parameters.copy_(values)

  def load_state_dict(self, state: Dict[str, Tensor]) -> Tensor:
    for key in state.keys():
      self.state[key] = state[key].clone()
    return torch.zeros([])
